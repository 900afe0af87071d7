/**
 * Keeps what the getter `nodes` of a component returns: its children, for programs in TypeScript. A property would go into the schema for
 * all languages, and a resource of another package there would become a dependency of every generated SDK. Pulumi's analyzer ignores
 * getters.
 */
export class Children<Nodes extends object> {
  private readonly kept = new WeakMap<object, Nodes>();

  keep(component: object, nodes: Nodes): void {
    this.kept.set(component, nodes);
  }

  of(component: object): Nodes {
    const nodes = this.kept.get(component);
    if (!nodes) throw new Error("The component has not been constructed.");
    return nodes;
  }
}
