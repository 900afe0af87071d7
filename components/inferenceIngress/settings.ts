/** The plain part of an endpoint with every default filled in; all of it is known before deployment. */
import { servingTimeouts } from "../../sizing/costAndTime/timeouts";
import { IngressMode, IngressScheme, type Exposure } from "./exposure";
import type { InferenceIngressArgs } from "./inferenceIngress";

export interface EndpointSettings {
  mode: IngressMode;
  scheme: IngressScheme;
  inboundCidrs: string[];
  idleTimeoutSeconds: number;
  deregistrationDelaySeconds: number;
  tls: boolean;
  deletionProtection: boolean;
}

export function endpointSettings(args: InferenceIngressArgs): EndpointSettings {
  const { mode = IngressMode.Direct, scheme = IngressScheme.Internal, inboundCidrs, enableDeletionProtection = false } = args;
  const { certificateGiven, hostnameGiven, hostedZoneGiven } = exposureOf(args);
  const { idleTimeoutSeconds, deregistrationDelaySeconds } = servingTimeouts({
    loadSecondsCold: 0, // of what follows nothing depends on the load
    ...(args.idleTimeoutSeconds !== undefined && { idleTimeoutSeconds: args.idleTimeoutSeconds }),
    ...(args.drainSeconds !== undefined && { drainSeconds: args.drainSeconds }),
  });
  return {
    mode,
    scheme,
    inboundCidrs: [...new Set(inboundCidrs)],
    idleTimeoutSeconds,
    deregistrationDelaySeconds,
    tls: certificateGiven || (hostnameGiven && hostedZoneGiven),
    deletionProtection: enableDeletionProtection,
  };
}

/** What can be judged before deployment: a wired value counts as given even while it is unknown. */
export function exposureOf(args: InferenceIngressArgs): Exposure {
  const { mode, scheme, inboundCidrs, idleTimeoutSeconds, drainSeconds, authenticated, subnetIds } = args;
  return {
    inboundCidrs,
    ...(mode !== undefined && { mode }),
    ...(scheme !== undefined && { scheme }),
    ...(idleTimeoutSeconds !== undefined && { idleTimeoutSeconds }),
    ...(drainSeconds !== undefined && { drainSeconds }),
    ...(authenticated !== undefined && { authenticated }),
    ...(Array.isArray(subnetIds) && { subnetCount: subnetIds.length }),
    certificateGiven: args.certificateArn !== undefined,
    hostnameGiven: args.hostname !== undefined,
    hostedZoneGiven: args.hostedZoneId !== undefined,
  };
}
