/** Whether the registry has the engine's image: without this check a missing tag shows only when GPUs are already billed. */
import { problem, type Problem } from "../../../sizing/problem";
import { shellCommand } from "../../../sizing/shellCommand";
import type { Check } from "../../check";
import { hasCode, present, Unanswered } from "../../unanswered";

export const image: Check = {
  name: "image",
  operations: ["ecr:DescribeImages"],
  /** Registries outside private ECR have other APIs, and most of them limit requests. */
  question: ({ environment: { engine } }) => (parsePrivateImage(engine.image) ? `Does the registry have ${engine.image}?` : undefined),
  async ask({ environment: { engine }, aws, account }) {
    const wanted = parsePrivateImage(engine.image);
    if (!wanted) throw new Unanswered(`${engine.image} is not in a private registry of ECR`);
    const { region, ...asked } = wanted;
    if (region !== aws.region)
      throw new Unanswered(
        `the registry is in ${region}, and the preflight asks only ${aws.region}; nodes would pull the image across regions`,
      );
    try {
      const { imageDetails } = await account.call("ecr:DescribeImages", asked);
      const details = present(present(imageDetails, "ecr:DescribeImages", "imageDetails")[0], "ecr:DescribeImages", "an image");
      const digest = present(details.imageDigest, "ecr:DescribeImages", "imageDigest");
      const archived = details.imageStatus === "ARCHIVED";
      const pushed = details.imagePushedAt ? `, pushed on ${details.imagePushedAt.toISOString().slice(0, 10)}` : "";
      return {
        answer: `${digest}${pushed}`,
        problems: archived ? [missing(engine.image, "is archived and cannot be pulled", wanted)] : [],
      };
    } catch (error) {
      const reason = findReason(error, asked.repositoryName);
      if (reason === undefined) throw error;
      return { answer: reason, problems: [missing(engine.image, `does not exist: ${reason}`, wanted)] };
    }
  },
};

interface PrivateImage {
  registryId: string;
  region: string;
  repositoryName: string;
  imageIds: [{ imageTag: string } | { imageDigest: string }];
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
function parsePrivateImage(uri: string): PrivateImage | undefined {
  const form =
    /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com|on\.aws)\/([^:@]+)(?::([\w.-]+))?(?:@(sha256:[0-9a-f]{64}))?$/;
  const [, registryId, region, repositoryName, tag, digest] = form.exec(uri) ?? [];
  if (registryId === undefined || region === undefined || repositoryName === undefined) return undefined;
  // If an image has tag and digest, a container runtime pulls by digest. If it has neither, the form check refuses the configuration.
  if (digest !== undefined) return { registryId, region, repositoryName, imageIds: [{ imageDigest: digest }] };
  return tag === undefined ? undefined : { registryId, region, repositoryName, imageIds: [{ imageTag: tag }] };
}

function findReason(error: unknown, repositoryName: string): string | undefined {
  if (hasCode(error, "RepositoryNotFoundException")) return `no repository ${repositoryName}`;
  return hasCode(error, "ImageNotFoundException") ? `no such tag or digest in ${repositoryName}` : undefined;
}

const missing = (uri: string, reason: string, { registryId, region, repositoryName }: PrivateImage): Problem =>
  problem({
    code: "image-missing",
    path: "engine.image",
    message: `${uri} ${reason}.`,
    fix: `Choose an image that the registry has: ${shellCommand("aws", "ecr", "describe-images", "--registry-id", registryId, "--repository-name", repositoryName, "--region", region)}`,
  });
