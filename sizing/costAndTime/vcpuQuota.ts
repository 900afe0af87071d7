/** What a quota of vCPUs must hold. */

/** All in vCPUs. */
interface VcpuUse {
  /** Instances that run now and are none of the nodes in question. */
  running: number;
  /** Unused places in reservations that the nodes cannot take. */
  reservedForOthers: number;
  /** Unused places in reservations that nodes take when they launch. */
  reservedForNodes: number;
  /** Those of the nodes that run already. */
  nodesRunning: number;
  /** All nodes that are to run. */
  nodes: number;
}

/** An unused place in a reservation counts as if it ran, and a node that takes it counts no second time. */
export function demandedVcpus({ running, reservedForOthers, reservedForNodes, nodesRunning, nodes }: VcpuUse): number {
  return running + reservedForOthers + Math.max(nodes, Math.min(nodes, nodesRunning) + reservedForNodes);
}
