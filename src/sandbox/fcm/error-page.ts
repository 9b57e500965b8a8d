const words: Readonly<Record<number, { readonly title: string; readonly text: string }>> = {
  404: { title: 'Error 404 (Not Found)!!1', text: 'The requested URL was not found on this server.' },
  502: {
    title: 'Error 502 (Server Error)!!1',
    text: 'The server encountered a temporary error and could not complete your request.<p>Please try again in 30 seconds.',
  },
};

/** What Google's front end says where no service gets to answer: a page for people, in place of JSON. */
export function buildErrorPage(status: number): string {
  const { title, text } = words[status] ?? { title: `Error ${status}`, text: 'The server could not complete your request.' };
  return [
    '<!DOCTYPE html>',
    '<html lang=en>',
    '  <meta charset=utf-8>',
    `  <title>${title}</title>`,
    '  <a href=//www.google.com/><span id=logo aria-label=Google></span></a>',
    `  <p><b>${status}.</b> <ins>That’s an error.</ins>`,
    `  <p>${text}  <ins>That’s all we know.</ins>`,
    '',
  ].join('\n');
}
