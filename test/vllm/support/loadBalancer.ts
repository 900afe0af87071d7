/**
 * What the load balancer and its controller do to a target whose pod is being deleted: the controller deregisters it, and after a while the
 * load balancer sends it no further requests, but lets running ones go on. Without another target it answers 503.
 */
import type { Answer, Question } from "../../engine/rehearsal/question";

/** From the pod's deletion to the last new request: two calls of the controller, and the load balancer's own nodes. Assumed. */
const deregisteredAfterMs = 10_000;

export interface BalancedAnswer extends Answer {
  from: "engine" | "load balancer";
}

export class LoadBalancer {
  private deregistered = Infinity;

  constructor(private readonly ask: (question: Question) => Promise<Answer>) {}

  /** The pod got its deletion timestamp now. */
  deregister = () => (this.deregistered = Date.now() + deregisteredAfterMs);

  async send(question: Question): Promise<BalancedAnswer> {
    if (Date.now() >= this.deregistered) return { from: "load balancer", status: 503, text: "", complete: true };
    return { from: "engine", ...(await this.ask(question)) };
  }
}
