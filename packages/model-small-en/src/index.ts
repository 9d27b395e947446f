/** What the model calls itself. */
export const modelName = 'referent-small-en';

/**
 * The model's folder: referent-model.json, tokenizer.json, config.json and weights. A file URL in Node
 * (`fileURLToPath(modelUrl)` is the folder that `openModel` takes), the address of the files where they are served.
 */
export const modelUrl: URL = new URL('../model/', import.meta.url);
