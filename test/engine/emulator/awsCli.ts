/** Stand-in for the AWS CLI, which a bare machine may lack: answers its version and the caller's identity. */
import fs from "node:fs";
import path from "node:path";
import type { Keeper } from "../support/keeper";

/** Returns a PATH on which it comes first. `arn`: what moto answers to GetCallerIdentity. */
export function standInAwsCli({ folder }: Keeper, arn = "arn:aws:sts::123456789012:user/moto"): string {
  const bin = path.join(folder, "aws-cli");
  fs.mkdirSync(bin, { recursive: true });
  const script = `#!/bin/sh\ncase "$*" in\n*--version*) echo "aws-cli/2.27.0 Python/3.13.3" ;;\n*get-caller-identity*) echo '"${arn}"' ;;\n*) exit 255 ;;\nesac\n`;
  fs.writeFileSync(path.join(bin, "aws"), script, { mode: 0o755 });
  return `${bin}${path.delimiter}${process.env.PATH ?? ""}`;
}
