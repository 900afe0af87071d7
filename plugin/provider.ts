/** The four components for other languages: Pulumi's provider of components, which also translates names. */
import { type ComponentResourceOptions, type Inputs, InputPropertiesError } from "@pulumi/pulumi";
import type { ConstructResult } from "@pulumi/pulumi/provider";
import { ComponentProvider } from "@pulumi/pulumi/provider/experimental";
import { ConfigurationError } from "../components";
import { foreignSchema, type NamedSchema } from "./foreignNames";
import { Translation } from "./translation";

export class TranslatingProvider extends ComponentProvider {
  override async getSchema(): Promise<string> {
    return JSON.stringify(foreignSchema(await this.ownSchema()));
  }

  override async construct(name: string, type: string, inputs: Inputs, options: ComponentResourceOptions): Promise<ConstructResult> {
    const translation = new Translation(await this.ownSchema());
    try {
      const { urn, state } = await super.construct(name, type, translation.inputs(type, inputs), options);
      return { urn, state: translation.outputs(type, state as Inputs) };
    } catch (error) {
      throw error instanceof ConfigurationError ? foreignError(type, error, translation) : error;
    }
  }

  private async ownSchema(): Promise<NamedSchema> {
    return JSON.parse(await super.getSchema()) as NamedSchema;
  }
}

/** The engine prints the properties with their values after the message, so the message does not repeat them. */
export function foreignError(type: string, { errors }: ConfigurationError, translation: Translation): InputPropertiesError {
  return new InputPropertiesError({
    message: "It cannot be deployed as configured:",
    errors: errors.map(({ propertyPath, reason }) => ({
      propertyPath: translation.path(propertyPath),
      reason: translation.text(type, reason),
    })),
  });
}
