const TOTALS = 'totals { status params macs flops peakBytes receptiveField depth lowerBounds }';

/** A page of the kept networks: the table and the scatter show the same rows. */
export const NETWORKS = `query Networks($filter: NetworkFilter, $orderBy: String, $first: Int, $after: String) {
  networks(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    totalCount
    nodes { ref network { name format } tags note keptAt versions ${TOTALS} }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** What a name has stood for, the newest first. */
export const HISTORY = `query History($ref: String!) {
  network(ref: $ref) {
    history(first: 100) { name next versions { number keptAt kept { ref network { name } note ${TOTALS} } } }
  }
}`;

/** Something went wrong that the user can read about; `code` is Fovea's, where it has one. */
export class Refusal extends Error {
  constructor(message, code) {
    super(message);
    this.code = code;
  }
}

/** Asks GraphQL. What comes without data, or with any error, is a Refusal: a dashboard must not show half an answer as a whole one. */
export async function ask(query, variables) {
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query, variables }) };
  const response = await fetch('graphql', request).catch(() => {
    throw new Refusal('The server of this page does not answer.');
  });
  const answer = await response.json().catch(() => ({}));
  const error = answer.errors?.[0];
  if (error) throw new Refusal(error.message, error.extensions?.code);
  if (!answer.data) throw new Refusal(answer.detail ?? answer.title ?? `The answer has status ${response.status}.`, answer.code);
  return answer.data;
}
