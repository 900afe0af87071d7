/** What a quota of vCPUs must hold. */

/** All in vCPUs. */
interface VcpuUse {
  /** Instances that run now and are not among these nodes. */
  running: number;
  /** Unused places in reservations that the nodes cannot take. */
  reservedForOthers: number;
  /** Unused places in reservations that nodes take when they launch. */
  reservedForNodes: number;
  /** Nodes that already run. */
  nodesRunning: number;
  /** All nodes that will run. */
  nodes: number;
}

/** An unused place in a reservation counts as a running instance. A node that takes the place does not count again. */
export function demandedVcpus({ running, reservedForOthers, reservedForNodes, nodesRunning, nodes }: VcpuUse): number {
  return running + reservedForOthers + Math.max(nodes, Math.min(nodes, nodesRunning) + reservedForNodes);
}
