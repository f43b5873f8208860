import { z } from 'zod';

/** Every setting, with its default and the words the form shows: a short name, and after the first full stop what it does. */
export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']).default('system').describe('Theme'),
  keymap: z.enum(['samecell', 'phy', 'spikeinterface-gui']).default('samecell').describe('Keys of the review page'),
  letterKeys: z.boolean().default(true).describe('Single letters decide on the review page. Switch off where software types for you.'),
  hideVerdictUntilDecided: z.boolean().default(false).describe('Blind review. A judge’s verdict is shown only after you decided.'),
  offlineOnly: z.boolean().default(false).describe('Never ask anything beyond this machine'),
  numWorkers: z.number().int().min(1).max(256).default(8).describe('Groups asked about at the same time (num_workers)'),
  timeoutS: z.number().min(5).max(3600).default(120).describe('Seconds to wait for one reply'),
  features: z
    .array(z.string().max(50))
    .max(20)
    .default(['waveform_single', 'waveform_multi', 'amplitude_plot', 'crosscorrelograms', 'pca_clustering', 'spike_locations'])
    .describe('Pictures shown to the model'),
  pictures: z
    .enum(['separate', 'sheet'])
    .default('separate')
    .describe('How a model gets the pictures. One by one, or all of a group on one sheet: fewer tokens, less detail.'),
  withNumbers: z.boolean().default(true).describe('Send the evidence numbers along with the pictures'),
  openaiCompatibleUrl: z
    .string()
    .max(500)
    .default('')
    .describe('Address of an OpenAI-compatible server. Ollama, LM Studio, vLLM or LiteLLM, such as http://127.0.0.1:11434/v1'),
  openaiCompatibleModel: z.string().max(200).default('').describe('Model on that server'),
  openaiUrl: z.string().max(500).default('').describe('Another address for OpenAI. Of a gateway; empty for its own.'),
  anthropicUrl: z.string().max(500).default('').describe('Another address for Anthropic. Of a gateway; empty for its own.'),
  googleUrl: z.string().max(500).default('').describe('Another address for Google. Of a gateway; empty for its own.'),
  remoteConsentAt: z.string().max(40).default('').describe('When you agreed that pictures and numbers may leave this machine'),
  reviewerName: z.string().max(100).default('').describe('Your name. Kept beside your decisions.'),
});

export type Settings = z.output<typeof settingsSchema>;

export const settingsPatchSchema = z.strictObject(
  Object.fromEntries(Object.entries(settingsSchema.shape).map(([name, field]) => [name, field.removeDefault().optional()])) as {
    [Name in keyof typeof settingsSchema.shape]: z.ZodOptional<ReturnType<(typeof settingsSchema.shape)[Name]['removeDefault']>>;
  },
);
export type SettingsPatch = z.output<typeof settingsPatchSchema>;
