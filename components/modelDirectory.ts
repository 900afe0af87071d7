/** The directory of the weights of one revision: the same path for the download that writes them and the pods that read them. */

/** Where pods mount the claim. */
export const modelMountPath = "/models";

/** Each revision has its own directory. A branch may contain slashes. */
export function modelDirectory(model: string, revision: string): string {
  return `${modelMountPath}/${model}/${revision.replaceAll("/", "--")}`;
}
