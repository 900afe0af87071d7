/** The program of the repository, with one stack for each model. `cluster.name` and `network.vpcId` come from the platform. */
import { inferenceStack, pulumiConfiguration } from "../../../stacks";

export = inferenceStack(pulumiConfiguration());
