/** Whether clients reach an endpoint by TLS, and what plain HTTP shows to others in the VPC. */
import { problem, type Problem } from "../../sizing/problem";

/** What these checks read of an endpoint. */
interface Transport {
  mode?: string;
  scheme?: string;
  authenticated?: boolean;
  certificateGiven: boolean;
  hostnameGiven: boolean;
  hostedZoneGiven: boolean;
}

/** In mode `controller` the component does not make a certificate. */
export const isCertified = ({ mode, certificateGiven, hostnameGiven, hostedZoneGiven }: Transport): boolean =>
  certificateGiven || (mode !== "controller" && hostnameGiven && hostedZoneGiven);

/** An internet-facing endpoint without TLS is an error, not this warning. */
export function checkPlainHttp(exposure: Transport): Problem[] {
  if (!exposure.authenticated || exposure.scheme === "internet-facing" || isCertified(exposure)) return [];
  const message =
    "The endpoint serves plain HTTP, so the API key and all prompts are readable on the way: a captured packet in the VPC, or in a network " +
    "connected to it, is enough to use the key.";
  const ways = [...(exposure.mode === "controller" ? [] : ["hostname and hostedZoneId"]), "certificateArn"].join(", or ");
  const fix = `Set ${ways}, so that the load balancer serves HTTPS.`;
  return [problem({ code: "key-readable-in-transit", severity: "warning", path: "certificateArn", message, fix })];
}
