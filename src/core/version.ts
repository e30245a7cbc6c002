/** Version of the analysis: part of every report and of its ETag. The same as in package.json, held by a test. */
export const VERSION = '0.1.0';
