/** Files that a person reviews line by line. `UPDATE_GOLDEN=1 npm run test:unit` writes them again; review the diff. */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

const folder = path.resolve(__dirname, "../golden");

export function golden(file: string, actual: string): void {
  const target = path.join(folder, file);
  if (process.env.UPDATE_GOLDEN) {
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, actual);
  }
  assert.ok(fs.existsSync(target), `${file} does not exist yet; write it with UPDATE_GOLDEN=1 and read it.`);
  assert.equal(actual, fs.readFileSync(target, "utf8"), `${file} differs; if the change is meant, write it with UPDATE_GOLDEN=1.`);
}
