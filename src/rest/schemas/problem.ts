import { type Static, Type } from '@sinclair/typebox';

/** An error (RFC 9457). */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'URN of the kind of error.' }),
    title: Type.String({ description: 'What is wrong in general.' }),
    status: Type.Integer({ description: 'HTTP status.' }),
    detail: Type.String({ description: 'What is wrong here, and what to do about it.' }),
    instance: Type.Optional(Type.String({ description: 'URN of this occurrence; ends with the x-request-id.' })),
    code: Type.String({ description: 'Stable code of the error.' }),
    node: Type.Optional(Type.String({ description: 'Id of the node at fault.' })),
    offset: Type.Optional(Type.Integer({ description: 'Byte of the body at which the fault was found.' })),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          detail: Type.String({ description: 'What is wrong at this place.' }),
          pointer: Type.Optional(Type.String({ description: 'JSON pointer (RFC 6901) into the body.' })),
          parameter: Type.Optional(Type.String({ description: 'Name of a query parameter or form field.' })),
        }),
        { description: 'Where in the request the fault is.' },
      ),
    ),
  },
  { $id: 'Problem', description: 'An error (RFC 9457).' },
);

export type Problem = Static<typeof Problem>;
