/** The text between tags: entities, white space, and times as JSON has them. */

/** Thrown at whatever the fast reader leaves to the SDK's. One for all: it never leaves this folder, nobody reads its stack. */
export const unusual = new Error('left to the reader of the SDK');

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** As the SDK decodes, also what it does not know. */
export function decodeEntities(text: string): string {
  return text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|([a-zA-Z][a-zA-Z0-9]{0,30}));/g, (_, hex, decimal, name) => {
    if (name !== undefined) return named[name as string] ?? '';
    const code = hex === undefined ? Number.parseInt(decimal as string, 10) : Number.parseInt(hex as string, 16);
    return String.fromCharCode(code);
  });
}

export function isBlank(text: string): boolean {
  return text.trim() === '';
}

const whole = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const fraction = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** An instant as `Date.toISOString` writes it, where it takes no date arithmetic to see; else undefined. */
export function isoInstant(text: string): string | undefined {
  if (text.length === 24 && fraction.test(text)) return text;
  return text.length === 20 && whole.test(text) ? `${text.slice(0, 19)}.000Z` : undefined;
}
