// What is used of the package; see openai.d.ts.
export class GoogleGenerativeAI {
  constructor(apiKey: string);
  getGenerativeModel(model: { model: string }, options: { baseUrl: string }): { generateContent(request: object): Promise<unknown> };
}
