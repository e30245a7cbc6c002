import { Fault, type Spot } from './core/fault.ts';

/** Every coded error: the code is stable, and stands in `code` of a problem and in `extensions.code` of a GraphQL error. */
export const ERRORS = {
  // the request
  'invalid-url': { status: 400, title: 'The URL is not valid' },
  'invalid-request': { status: 400, title: 'The request is not valid HTTP' },
  unauthorized: { status: 401, title: 'A token is needed' },
  forbidden: { status: 403, title: 'The token may not do this' },
  'rate-limited': { status: 429, title: 'Too many requests from one address' },
  'not-found': { status: 404, title: 'There is nothing at this URL' },
  'method-not-allowed': { status: 405, title: 'The URL does not know this method' },
  'not-acceptable': { status: 406, title: 'The answer has no such form' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  'unsupported-media-type': { status: 415, title: 'The body is of a type that is not read' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  cancelled: { status: 499, title: 'The client went away' },
  'shutting-down': { status: 503, title: 'The service is shutting down' },
  starting: { status: 503, title: 'The service is starting' },
  'store-off': { status: 501, title: 'The service keeps no networks' },
  'store-unavailable': { status: 503, title: 'The kept networks cannot be reached' },
  'spool-unavailable': { status: 503, title: 'Large files cannot be taken in' },
  overloaded: { status: 503, title: 'The service has too much to do' },
  internal: { status: 500, title: 'The service failed' },
  // the body
  'empty-body': { status: 400, title: 'The body is empty' },
  'incomplete-body': { status: 400, title: 'The body ended early' },
  'invalid-json': { status: 400, title: 'The body is not valid JSON' },
  'invalid-multipart': { status: 400, title: 'The form is not valid' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  // the options
  'invalid-option': { status: 400, title: 'An option is not valid' },
  'invalid-query': { status: 400, title: 'The GraphQL request is not valid' },
  'unknown-input': { status: 400, title: 'The network has no such input' },
  'invalid-device': { status: 400, title: 'The device is not valid' },
  'unknown-convention': { status: 400, title: 'There is no such convention' },
  'invalid-unit': { status: 400, title: 'The tensor has no such unit' },
  'invalid-position': { status: 400, title: 'The tensor has no such position' },
  'unknown-dim': { status: 400, title: 'The network has no such dim' },
  'unknown-tensor': { status: 400, title: 'The network has no such tensor' },
  'unknown-layer': { status: 400, title: 'The network has no such layer' },
  'unknown-axis': { status: 400, title: 'There is no such axis' },
  'too-many-layers': { status: 422, title: 'The network has too many layers for this answer' },
  // the network
  'invalid-network': { status: 400, title: 'This is not a network' },
  'invalid-ref': { status: 400, title: 'This does not refer to a network' },
  'network-not-found': { status: 404, title: 'There is no such network' },
  'unknown-format': { status: 415, title: 'The format of the file is not known' },
  'malformed-file': { status: 400, title: 'The file is damaged' },
  'limit-exceeded': { status: 413, title: 'The network is beyond a limit' },
  'invalid-description': { status: 400, title: 'The network description is not valid' },
  'analysis-too-large': { status: 413, title: 'The network is too large to be analyzed' },
  'deadline-exceeded': { status: 422, title: 'The analysis takes too long' },
  'cyclic-graph': { status: 422, title: 'The network has a cycle' },
  'recursive-function': { status: 422, title: 'A function calls itself' },
  'duplicate-value': { status: 422, title: 'Two nodes write one tensor' },
  'missing-value': { status: 422, title: 'A tensor is used that nothing writes' },
  'malformed-node': { status: 422, title: 'A node contradicts its operator' },
  'shape-mismatch': { status: 422, title: 'Sizes do not fit' },
  'not-describable': { status: 422, title: 'The network cannot be written as a description' },
  'edit-not-applicable': { status: 422, title: 'The network cannot be edited like this' },
  incomplete: { status: 422, title: 'The network cannot be analyzed completely' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** Where in a request a fault was found; `parameter` is a name in the query. */
export interface RequestSpot extends Spot {
  readonly parameter?: string;
}

/** An error as it may be told to a caller. */
export interface CodedError {
  readonly code: ErrorCode;
  readonly status: number;
  readonly title: string;
  /** null where the message is not for callers. */
  readonly detail: string | null;
  readonly spot: RequestSpot;
}

/** The row of a code with what is known of this occurrence. */
export function coded(code: ErrorCode, detail: string | null, spot: RequestSpot = {}): CodedError {
  return { code, ...ERRORS[code], detail, spot };
}

/** What a caller may know of anything that was thrown: a fault as it is, everything else only that it happened. */
export function codedOf(error: unknown): CodedError {
  if (!(error instanceof Fault) || !Object.hasOwn(ERRORS, error.code)) return coded('internal', null);
  return coded(error.code as ErrorCode, error.message, error.spot);
}
