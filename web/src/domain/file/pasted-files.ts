/** The files that a paste brings, taken from the field; none where it brings text, which is pasted as such. */
export function pastedFiles(event: ClipboardEvent): readonly File[] {
  const { clipboardData } = event;
  if (clipboardData === null || clipboardData.files.length === 0 || clipboardData.types.includes('text/plain'))
    return [];
  event.preventDefault();
  return [...clipboardData.files];
}
