/**
 * The SDK's XML protocols with the fast reader in the place of theirs, for a client's `protocol` option. Requests,
 * errors and whatever the reader finds unusual are handled by the SDK as before.
 */
import {
  AwsEc2QueryProtocol,
  AwsQueryProtocol,
  AwsRestXmlProtocol,
  XmlShapeDeserializer,
} from '@aws-sdk/core/protocols';
import { FromStringShapeDeserializer, HttpInterceptingShapeDeserializer } from '@smithy/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import type { Schema, SerdeFunctions } from '@smithy/types';
import { jsonSafe } from '../json.ts';
import { type LeafPlan, structPlan } from './plan.ts';
import { type Leaves, readDocument } from './read.ts';
import { isoInstant, unusual } from './text.ts';

type Settings = ConstructorParameters<typeof XmlShapeDeserializer>[0];

/** `json`: times are ISO strings, bytes base64, and integers that a double cannot hold decimal strings. */
export type Form = 'sdk' | 'json';

class FastXmlDeserializer extends XmlShapeDeserializer {
  readonly #form: Form;
  readonly #leaves: SdkLeaves;

  constructor(settings: Settings, form: Form) {
    super(settings);
    this.#form = form;
    this.#leaves = form === 'json' ? new JsonLeaves(settings) : new SdkLeaves(settings);
  }

  override setSerdeContext(context: SerdeFunctions): void {
    super.setSerdeContext(context);
    this.#leaves.sdk.setSerdeContext(context);
  }

  override read(schema: Schema, bytes: Uint8Array | string, key?: string): unknown {
    const ns = NormalizedSchema.of(schema);
    if (!ns.isStructSchema()) return super.read(schema, bytes, key);
    const plan = structPlan(ns);
    try {
      return readDocument(textOf(bytes), plan, this.#leaves, key);
    } catch (error) {
      if (error !== unusual) throw error;
      const read: unknown = super.read(schema, bytes, key);
      return this.#form === 'json' ? jsonSafe(read) : read;
    }
  }
}

function textOf(bytes: Uint8Array | string): string {
  const text =
    typeof bytes === 'string' ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** As the SDK has it. */
class SdkLeaves implements Leaves {
  readonly sdk: FromStringShapeDeserializer;

  constructor(settings: Settings) {
    this.sdk = new FromStringShapeDeserializer(settings);
  }

  read(text: string, leaf: LeafPlan): unknown {
    if (leaf.kind === 'boolean') return text === 'true' || text.toLowerCase() === 'true';
    return leaf.kind === 'number' ? Number(text) : this.sdk.read(leaf.schema, text);
  }
}

class JsonLeaves extends SdkLeaves {
  override read(text: string, leaf: LeafPlan): unknown {
    switch (leaf.kind) {
      case 'boolean':
        return text === 'true' || text.toLowerCase() === 'true';
      case 'number':
        return safeNumber(text);
      case 'timestamp':
        return isoInstant(text) ?? jsonSafe(this.sdk.read(leaf.schema, text));
      default:
        return text;
    }
  }
}

/** A 64-bit integer beyond 2^53 stays text rather than become another number. */
function safeNumber(text: string): number | string {
  const value = Number(text);
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? text : value;
}

type QueryOptions = ConstructorParameters<typeof AwsQueryProtocol>[0];
type RestOptions = ConstructorParameters<typeof AwsRestXmlProtocol>[0];

/** One class for each of the SDK's XML protocols: `new EC2Client({ protocol: fastXml('json').ec2Query })`. */
export function fastXml(form: Form) {
  return {
    ec2Query: class extends AwsEc2QueryProtocol {
      constructor(options: QueryOptions) {
        super(options);
        this.deserializer = new FastXmlDeserializer(this.deserializer.settings, form);
      }
    },
    awsQuery: class extends AwsQueryProtocol {
      constructor(options: QueryOptions) {
        super(options);
        this.deserializer = new FastXmlDeserializer(this.deserializer.settings, form);
      }
    },
    restXml: class extends AwsRestXmlProtocol {
      constructor(options: RestOptions) {
        super(options);
        const { settings } = this.getPayloadCodec();
        this.deserializer = new HttpInterceptingShapeDeserializer(new FastXmlDeserializer(settings, form), settings);
      }
    },
  };
}
