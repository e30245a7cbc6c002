import { oneOf, option, text } from './option.ts';

/** How the model is read and the answer written, which is nothing that a view is asked. */
export const ANSWER_OPTIONS = {
  plot: option(
    oneOf(['cost', 'depth'], {
      description:
        'What the figure of a comparison shows: cost against receptive field (the default), or the receptive field against depth.',
    }),
  ),
  format: option(text('Id of the format of the model; without it the content decides.')),
  as: option(oneOf(['json', 'csv', 'md', 'svg', 'netron'], { description: 'Form of the answer; wins over the Accept header.' })),
};
