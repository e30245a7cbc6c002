/**
 * How long the lists of introspection are taken to be: what they have on average over this schema. Their fields are
 * graphql's own, so no directive can say it.
 */
export const INTROSPECTION_SIZES: Readonly<Record<string, number>> = {
  '__Schema.types': 170,
  '__Schema.directives': 10,
  '__Directive.args': 2,
  '__Type.fields': 5.5,
  '__Type.interfaces': 0.1,
  '__Type.possibleTypes': 0.1,
  '__Type.enumValues': 0.3,
  '__Type.inputFields': 0.25,
  '__Field.args': 0.15,
};
