import { auditServer } from 'graphql-http';
import t from 'tap';
import { listening } from '../service.ts';

const NO_GET = 'a request by GET is one that a page of another origin, or a prefetch, can make; this service takes POST only';
const NOT_200 =
  'an answer without data is 400, so that a client that looks at the status alone sees the failure; newer drafts of the specification allow it for application/json too';

/** What the audit would have otherwise, and why it stays as it is. */
const LEFT: Readonly<Record<string, string>> = {
  'MAY accept application/x-www-form-urlencoded formatted GET requests': NO_GET,
  'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json': NO_GET,
  'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json': NO_GET,
  'SHOULD use 200 status code on document parsing failure when accepting application/json': NOT_200,
  'SHOULD use 200 status code on document validation failure when accepting application/json': NOT_200,
  'SHOULD use a status code of 200 on variable coercion failure when accepting application/json': NOT_200,
};

t.test('GraphQL over HTTP, as the audit of graphql-http sees it', async (t) => {
  const { url } = await listening(t);
  const results = await auditServer({ url: `${url}/graphql` });
  t.ok(results.length >= 60, 'the audit ran');
  t.strictSame(
    results.filter(({ status }) => status === 'error').map(({ name }) => name),
    [],
    'no error',
  );
  t.strictSame(
    results
      .filter(({ status }) => status !== 'ok')
      .map(({ name }) => name)
      .sort(),
    Object.keys(LEFT).sort(),
    'nothing but what is meant',
  );
});
