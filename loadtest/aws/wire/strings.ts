/** Values that travel as strings: form fields, labels, query parameters, headers. */
import { FromStringShapeDeserializer, ToStringShapeSerializer } from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';

/** The numbers that the SDK gives to Smithy's timestampFormat: date-time, http-date. */
const dateTime = 5;
const httpDate = 6;
/** Query parameters and form fields default to date-time, headers to http-date (smithy.io, httpHeader trait). */
const formats = (format: 5 | 6) => ({ httpBindings: true, timestampFormat: { useTrait: true, default: format } });

const fromText = new FromStringShapeDeserializer(formats(dateTime));
const fromHeader = new FromStringShapeDeserializer(formats(httpDate));
const toHeader = new ToStringShapeSerializer(formats(httpDate));

export function readText(schema: NormalizedSchema, text: string): unknown {
  return fromText.read(schema, text);
}

export function readHeader(schema: NormalizedSchema, text: string): unknown {
  return fromHeader.read(schema, text);
}

export function writeHeader(schema: NormalizedSchema, value: unknown): string {
  toHeader.write(schema, value);
  return String(toHeader.flush());
}
