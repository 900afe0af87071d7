import assert from "node:assert/strict";
import { efaNetworkInterfaces, efaSharesCard0 } from "../../../components/efaGpuNodeGroup/networkInterfaces";
import { instanceType, instanceTypesWithEfa } from "../../../catalog/instanceTypes";

// Proves the layout against the published rules. Only a launch can prove that EC2 accepts it.
describe("network interfaces of a GPU node", () => {
  const supported = instanceTypesWithEfa().filter((type) => type.unsupportedReason === undefined);

  it("are laid out for 28 instance types", () => assert.equal(supported.length, 28));

  for (const type of supported) {
    describe(type.name, () => {
      const interfaces = efaNetworkInterfaces(type);

      it("has one EFA device for every EFA interface the type offers", () => {
        assert.equal(interfaces.filter((each) => each.interfaceType === "efa-only").length, type.efaInterfaces);
      });

      it("puts the only IP address first, on card 0, device 0", () => {
        const withAddress = interfaces.filter((each) => each.interfaceType === "interface");
        assert.deepEqual(withAddress, [{ networkCardIndex: 0, deviceIndex: 0, interfaceType: "interface" }]);
        assert.equal(interfaces[0], withAddress[0]);
      });

      it("has at most one EFA device on a card, and only cards of the type", () => {
        const cards = interfaces.filter((each) => each.interfaceType === "efa-only").map((each) => each.networkCardIndex);
        assert.equal(new Set(cards).size, cards.length);
        assert.ok(cards.every((card) => card < type.networkCards));
      });

      it("uses device 0 of every card except the first, where it is taken", () => {
        for (const each of interfaces.slice(1)) assert.equal(each.deviceIndex, each.networkCardIndex === 0 ? 1 : 0);
      });

      it("does not have more interfaces on card 0 than the card holds", () => {
        assert.ok(interfaces.filter((each) => each.networkCardIndex === 0).length <= type.interfacesOnCard0);
      });
    });
  }

  // Rows of https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html, counted by hand.
  const published: [name: string, interfaces: number, efaOnCard0: boolean][] = [
    ["g6.8xlarge", 2, true],
    ["p5.4xlarge", 2, true],
    ["g6e.24xlarge", 3, true],
    ["p4d.24xlarge", 5, true],
    ["g7e.48xlarge", 5, true],
    ["p6-b200.48xlarge", 9, true],
    ["p5en.48xlarge", 17, true],
    ["p5.48xlarge", 33, true],
    ["p6-b300.48xlarge", 17, false],
  ];
  for (const [name, count, efaOnCard0] of published) {
    it(`gives ${name} ${count} interfaces, ${efaOnCard0 ? "one EFA device" : "none of them an EFA device"} on card 0`, () => {
      const interfaces = efaNetworkInterfaces(instanceType(name));
      assert.equal(interfaces.length, count);
      const onCard0 = interfaces.filter((each) => each.networkCardIndex === 0).map((each) => each.interfaceType);
      assert.deepEqual(onCard0, efaOnCard0 ? ["interface", "efa-only"] : ["interface"]);
      assert.equal(efaSharesCard0(instanceType(name)), efaOnCard0);
    });
  }
});
