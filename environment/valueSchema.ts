/** What the schema can say about a setting. */

export interface ValueSchema {
  type: "string" | "integer" | "number" | "boolean" | "array" | "object";
  /** Meaning, unit, and the default if it is not a plain value. */
  description: string;
  default?: string | number | boolean;
  enum?: readonly string[];
  /** The type in `catalog/names.ts` with the names that editors complete; other values are allowed. */
  names?: "InstanceTypeName" | "ModelName";
  minimum?: number;
  maximum?: number;
  /** A regular expression. `patternHint` says the same in words. */
  pattern?: string;
  patternHint?: string;
  minLength?: number;
  maxLength?: number;
  items?: ValueSchema;
  properties?: Readonly<Record<string, ValueSchema>>;
  /** Free-form object: tags, versions by add-on. */
  additionalProperties?: ValueSchema;
  /** For a group: the key that makes the stack adopt an existing resource instead of creating one. */
  adoptedBy?: string;
  /** Has no effect if the group adopts an existing resource. */
  createdOnly?: boolean;
  /** Must be stored encrypted (`pulumi config set --secret`). */
  secret?: boolean;
  /** May be stored encrypted inside its group, and must be when it holds credentials. */
  encryptable?: boolean;
}

type More = Partial<ValueSchema>;
/** Refuses keys that a schema does not have: a type parameter alone would accept a typing error. */
type Known<M> = { [Word in keyof M]: Word extends keyof ValueSchema ? M[Word] : never };
type Nothing = Record<never, never>;

// The type parameters keep literal types, from which settingTypes.ts derives the types of the settings. `NoInfer` keeps the compiler from
// inferring them from the expected type of the result, which would make every schema a plain `ValueSchema`.

export const text = <const M extends More = Nothing>(description: string, more?: M & Known<M>) => ({
  ...{ type: "string" as const, description, minLength: 1 },
  ...(more as NoInfer<M>),
});

export const oneOf = <const Words extends readonly string[], const M extends More = Nothing>(
  description: string,
  words: Words,
  more?: M & Known<M>,
) => ({
  ...{ type: "string" as const, description, minLength: 0, enum: words },
  ...(more as NoInfer<M>),
});

export const integer = <const M extends More = Nothing>(description: string, minimum: number, maximum: number, more?: M & Known<M>) => ({
  ...{ type: "integer" as const, description, minimum, maximum },
  ...(more as NoInfer<M>),
});

export const number = <const M extends More = Nothing>(description: string, minimum: number, maximum: number, more?: M & Known<M>) => ({
  ...{ type: "number" as const, description, minimum, maximum },
  ...(more as NoInfer<M>),
});

export const flag = <const M extends More = Nothing>(description: string, more?: M & Known<M>) => ({
  ...{ type: "boolean" as const, description },
  ...(more as NoInfer<M>),
});

export const list = <const Items extends ValueSchema, const M extends More = Nothing>(
  description: string,
  items: Items,
  more?: M & Known<M>,
) => ({
  ...{ type: "array" as const, description, items },
  ...(more as NoInfer<M>),
});

export const group = <const Properties extends Readonly<Record<string, ValueSchema>>, const M extends More = Nothing>(
  description: string,
  properties: Properties,
  more?: M & Known<M>,
) => ({
  ...{ type: "object" as const, description, properties },
  ...(more as NoInfer<M>),
});

export const map = <const Values extends ValueSchema, const M extends More = Nothing>(
  description: string,
  additionalProperties: Values,
  more?: M & Known<M>,
) => ({
  ...{ type: "object" as const, description, additionalProperties },
  ...(more as NoInfer<M>),
});
