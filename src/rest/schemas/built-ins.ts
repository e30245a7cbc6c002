import { Type } from '@sinclair/typebox';

export const Family = Type.Object({
  ref: Type.String({ description: 'Stands for the network of all defaults.' }),
  title: Type.String({ description: 'What people call it.' }),
  summary: Type.String({ description: 'What is new about it, in one line.' }),
  paper: Type.Object({ title: Type.String(), authors: Type.String(), arxiv: Type.String() }, { description: 'Where it was published.' }),
  year: Type.Integer({ description: 'When.' }),
  parameters: Type.Object({}, { additionalProperties: true, description: 'What may stand behind the name, as in zoo:resnet,depth=50.' }),
  names: Type.Array(Type.String(), { description: 'Refs of its members.' }),
});

export const Pattern = Type.Object({
  ref: Type.String({ description: 'Stands for the pattern with its defaults.' }),
  title: Type.String({ description: 'What it shows.' }),
  summary: Type.String({ description: 'The same in a line.' }),
  parameters: Type.Object({}, { additionalProperties: true, description: 'What may stand behind the name.' }),
  against: Type.Array(Type.String(), { description: 'Refs of the patterns that it is compared with.' }),
});

export const OneBuiltIn = Type.Object({
  ref: Type.String({ description: 'What it was asked for by.' }),
  name: Type.String({ description: 'Its name.' }),
  description: Type.Object({}, { additionalProperties: true, description: 'The network, as POST /v1/analyze takes it.' }),
  views: Type.Object({}, { additionalProperties: Type.String(), description: 'Where its views are.' }),
});
