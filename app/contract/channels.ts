/** The two channels between a window and its shell, and no others. */
export const upChannel = 'samecell:up';
export const downChannel = 'samecell:down';
