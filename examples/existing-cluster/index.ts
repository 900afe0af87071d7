/** The program of the repository. With `cluster.name` it adopts a cluster and creates only what serves the model. */
import { inferenceStack, pulumiConfiguration } from "../../stacks";

export = inferenceStack(pulumiConfiguration());
