/** The page's own scheme and host; nothing is ever loaded from file:// or the network. */
export const appScheme = 'app';
export const appHost = 'samecell';
export const startPage = `${appScheme}://${appHost}/index.html`;
