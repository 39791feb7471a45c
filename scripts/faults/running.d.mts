/** On a terminal one line that is rewritten each second, elsewhere a line each 10 seconds; `end` takes it away. */
export function showRunning(
  name: string,
  stream: { readonly isTTY?: boolean; write(text: string): unknown },
): { end(): void }
