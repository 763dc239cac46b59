// Validates a data package as another tool would see it: the descriptor against its profile, and every row of every
// table against its schema (types, required, enumerations, bounds, unique keys, references), with the reference
// implementations of Frictionless Data. Prints a line per fault and ends with a count; exit 0 when there is none.
//
//   node validate.js FOLDER
"use strict";
const path = require("path");
const { Package } = require("datapackage");

const MOST_TOLD = 20;

// One error may hold several.
function sentences(resource, error) {
  return (error.multiple ? error.errors : [error]).map((part) => `${resource.name}: ${part.message}`);
}

// The faults of one table. Rows are cast one by one (forceCast gives an error instead of a row), so that a fault in one
// does not hide the next.
async function tableFaults(resource) {
  const faults = [];
  let rows = 0;
  const stream = await resource.iter({ relations: true, forceCast: true });
  for (let step = await stream.next(); !step.done; step = await stream.next()) {
    if (step.value instanceof Error) faults.push(...sentences(resource, step.value));
    else rows++;
  }
  return { rows, faults };
}

async function main(folder) {
  const dataPackage = await Package.load(path.join(folder, "datapackage.json"));
  const faults = dataPackage.errors.flatMap((error) => sentences({ name: "datapackage.json" }, error));
  let rows = 0;
  let tables = 0;
  for (const resource of dataPackage.resources) {
    faults.push(...resource.errors.flatMap((error) => sentences(resource, error)));
    if (!resource.tabular) continue;
    tables++;
    try {
      const found = await tableFaults(resource);
      rows += found.rows;
      faults.push(...found.faults);
    } catch (error) {
      faults.push(...sentences(resource, error));
    }
  }
  for (const fault of faults.slice(0, MOST_TOLD)) console.log(fault);
  console.log(`${tables} tables, ${rows} sound rows, ${faults.length} faults`);
  process.exitCode = faults.length === 0 && tables > 0 ? 0 : 1;
}

main(process.argv[2]).catch((error) => {
  console.log(error.message);
  process.exitCode = 1;
});
