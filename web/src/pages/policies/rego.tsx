/** One line of Rego with its words told apart. No parser: what is wrong in it the compiler says. */
const words =
  /(#.*$)|("(?:[^"\\]|\\.)*"|`[^`]*`)|\b(package|import|default|if|contains|in|not|some|every|with|as|else|true|false|null)\b|\b(\d+(?:\.\d+)?)\b/g;
const kinds = ['comment', 'text', 'word', 'number-value'] as const;

export function Rego({ line }: { readonly line: string }) {
  return (
    <>
      {partsOf(line).map(({ kind, text }, index) =>
        kind === '' ? (
          text
        ) : (
          <span key={index} class={`rego-${kind}`}>
            {text}
          </span>
        ),
      )}
    </>
  );
}

interface Part {
  readonly kind: string;
  readonly text: string;
}

function partsOf(line: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of line.matchAll(words)) {
    if (match.index > at) parts.push({ kind: '', text: line.slice(at, match.index) });
    parts.push({ kind: kinds[match.slice(1).findIndex((group) => group !== undefined)] ?? '', text: match[0] });
    at = match.index + match[0].length;
  }
  if (at < line.length) parts.push({ kind: '', text: line.slice(at) });
  return parts;
}
