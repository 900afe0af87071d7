/** The children of a serving set that a program may want to read. */
import type * as k8s from "@pulumi/kubernetes";
import { Children } from "../children";

export interface VllmLeaderWorkerSetNodes {
  service: k8s.core.v1.Service;
  /** Policy for the traffic within the group. */
  groupPolicy: k8s.networking.v1.NetworkPolicy;
  /** Undefined if neither a load balancer nor a metrics namespace may connect. */
  clientPolicy: k8s.networking.v1.NetworkPolicy | undefined;
  /** Undefined with fewer than two groups. */
  disruptionBudget: k8s.policy.v1.PodDisruptionBudget | undefined;
  leaderWorkerSet: k8s.apiextensions.CustomResource;
}

export const setChildren = new Children<VllmLeaderWorkerSetNodes>();
