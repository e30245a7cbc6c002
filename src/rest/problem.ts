import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { type CodedError, coded, codedOf, type ErrorCode } from '../errors.ts';
import { unsupported } from './body.ts';
import type { Problem } from './schemas/problem.ts';

const MEDIA_TYPE = 'application/problem+json';

/** In so many seconds there may be room again. */
const RETRY_AFTER_S = 5;

const CHALLENGE = 'Bearer realm="fovea"';
/** What is wrong with the token of a request (RFC 6750, 3.1). */
const CHALLENGES: Readonly<Partial<Record<ErrorCode, string>>> = {
  unauthorized: `${CHALLENGE}, error="invalid_token"`,
  forbidden: `${CHALLENGE}, error="insufficient_scope", scope="write"`,
};

/** What fastify and its plugins find wrong themselves, by their codes. */
const FRAMEWORK: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_BAD_URL: 'invalid-url',
  FST_ERR_MAX_PARAM_LENGTH: 'invalid-url',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'incomplete-body',
  FST_MP_PREMATURE_CLOSE: 'incomplete-body',
  FST_REQ_FILE_TOO_LARGE: 'body-too-large',
  FST_PARTS_LIMIT: 'invalid-multipart',
  FST_FILES_LIMIT: 'invalid-multipart',
  FST_FIELDS_LIMIT: 'invalid-multipart',
  FST_PROTO_VIOLATION: 'invalid-multipart',
  FST_INVALID_JSON_FIELD_ERROR: 'invalid-multipart',
  FST_ERR_VALIDATION: 'invalid-option',
  FST_STATIC_FORBIDDEN_PATH: 'not-found',
};

/** Answers anything that was thrown. */
export function sendError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = understand(error, request);
  if (known.detail === null) request.log.error({ err: error }, 'request failed');
  else request.log.debug(`refused: ${known.code}`);
  return sendProblem(request, reply, known);
}

/** Answers with a problem (RFC 9457). */
export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: CodedError): FastifyReply {
  if (error.status === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', RETRY_AFTER_S);
  const challenge = CHALLENGES[error.code];
  if (challenge !== undefined) reply.header('www-authenticate', request.headers.authorization === undefined ? CHALLENGE : challenge);
  reply.code(error.status).header('content-type', MEDIA_TYPE).header('cache-control', 'no-store');
  return reply.serializer(JSON.stringify).send(problem(error, `urn:fovea:request:${request.id}`));
}

function understand(error: FastifyError, request: FastifyRequest): CodedError {
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return codedOf(unsupported(request.headers['content-type'] ?? ''));
  const framework = FRAMEWORK[error.code];
  if (framework !== undefined) return coded(framework, error.message);
  // A body that had arrived is cut off all the same when its client goes before it is read.
  if (request.raw.destroyed && (!request.raw.complete || error === request.raw.errored))
    return coded('incomplete-body', 'the connection closed before the body was complete');
  return codedOf(error);
}

function problem(error: CodedError, instance?: string): Problem {
  const { node, offset, pointer, parameter } = error.spot;
  const detail = error.detail ?? 'The failure was logged under the id of this request.';
  return {
    type: `urn:fovea:error:${error.code}`,
    title: error.title,
    status: error.status,
    detail,
    ...(instance === undefined ? {} : { instance }),
    code: error.code,
    ...(node === undefined ? {} : { node }),
    ...(offset === undefined ? {} : { offset }),
    ...(pointer === undefined ? {} : { errors: [{ detail, pointer }] }),
    ...(parameter === undefined ? {} : { errors: [{ detail, parameter }] }),
  };
}

const CLIENT_ERRORS: Readonly<Record<string, CodedError>> = {
  HPE_HEADER_OVERFLOW: coded('headers-too-large', 'the headers of the request are too large'),
  ERR_HTTP_REQUEST_TIMEOUT: coded('request-timeout', 'the request did not arrive in time'),
};

/** Answers bytes that are not HTTP: there is no request to speak of, only a socket. */
export function answerGarbage(error: Error & { code?: string }, socket: Socket): void {
  // A peer that has gone, or one that got the head of an answer already, must not be written to.
  if (error.code === 'ECONNRESET' || !socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const known = CLIENT_ERRORS[error.code ?? ''] ?? coded('invalid-request', 'what was sent is not a valid HTTP request');
  const body = JSON.stringify(problem(known));
  socket.end(
    `HTTP/1.1 ${known.status} ${STATUS_CODES[known.status]}\r\nContent-Type: ${MEDIA_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
