import { Type } from '@sinclair/typebox';

/** Parameters of the paths under `/v1/networks/<ref>`. */
export interface ByRef {
  readonly ref: string;
}

export const Ref = Type.Object({
  ref: Type.String({
    description:
      'A network that the service has: `zoo:resnet50`, `zoo:resnet,depth=50,variant=v1`, `pattern:two-3x3`, or a kept one: `sha256:<64 hex>`, `name:<name>` (the newest), `name:<name>@<n>`.',
  }),
});
