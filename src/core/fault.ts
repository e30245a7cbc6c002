/** Where in the input a fault was found: at most one of these is usually known. */
export interface Spot {
  /** Id of the node at fault. */
  readonly node?: string;
  /** JSON pointer (RFC 6901) into the document that was sent. */
  readonly pointer?: string;
  /** Byte offset into the file that was sent. */
  readonly offset?: number;
}

/**
 * What is wrong with what the caller sent. The code is stable and stands in `src/errors.ts`, which gives it an HTTP
 * status and a title; the message is for people and says what to do about it.
 */
export class Fault extends Error {
  readonly code: string;
  readonly spot: Spot;
  constructor(code: string, message: string, spot: Spot = {}) {
    super(message);
    this.name = 'Fault';
    this.code = code;
    this.spot = spot;
  }
}
