/** The program of the repository, one stack a model: `cluster.name` and `network.vpcId` come from the platform. */
import { inferenceStack, pulumiConfiguration } from "../../../stacks";

export = inferenceStack(pulumiConfiguration());
