import { Type } from '@sinclair/typebox';

/** A schema that is registered by name, so that OpenAPI shows it once. */
export function ref(name: string) {
  return Type.Unsafe({ $ref: `${name}#` });
}
