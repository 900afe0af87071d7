/** The program of the repository: with `cluster.name` it adopts a cluster and makes what serves the model, and nothing else. */
import { inferenceStack, pulumiConfiguration } from "../../stacks";

export = inferenceStack(pulumiConfiguration());
