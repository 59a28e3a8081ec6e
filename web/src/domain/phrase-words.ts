/** The words in what somebody typed or pasted as a phrase; numbers, commas and full stops that lists come with are left out. */
export function phraseWords(text: string): string[] {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .split(/[\s,;]+/u)
    .map((word) => word.replace(/^\d+(?:$|[.):-]+)/u, '').replace(/[.:]+$/u, ''))
    .filter((word) => word !== '');
}
