// Shows the OpenAPI document beside this page. All text is set as text, never as markup.
"use strict";

const element = (name, attributes = {}, ...children) => {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  e.append(...children);
  return e;
};

// shape writes a schema as one would write the JSON, with types in the place of values.
const shape = (doc, schema, indent = "", seen = []) => {
  if (!schema) return "any";
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    if (seen.includes(name)) return name;
    return shape(doc, doc.components.schemas[name], indent, [...seen, name]);
  }
  const types = [schema.type ?? "any"].flat();
  const nullable = types.includes("null") ? " or null" : "";
  const type = types.find((t) => t !== "null");
  if (type === "array") return "[" + shape(doc, schema.items, indent, seen) + "]" + nullable;
  if (type === "object" && schema.properties) {
    const inner = indent + "  ";
    const lines = Object.entries(schema.properties).map(([name, property]) => {
      const optional = (schema.required ?? []).includes(name) ? "" : "?";
      return inner + name + optional + ": " + shape(doc, property, inner, seen);
    });
    return "{\n" + lines.join("\n") + "\n" + indent + "}" + nullable;
  }
  if (type === "object") return "{name: " + shape(doc, schema.additionalProperties, indent, seen) + "}" + nullable;
  if (schema.enum) return schema.enum.map((v) => JSON.stringify(v)).join(" | ") + nullable;
  return type + (schema.format ? " (" + schema.format + ")" : "") + nullable;
};

const json = (thing) => thing?.content?.["application/json"]?.schema;

const describe = (doc, operation) => {
  const body = element("div", { class: "body" });
  if (operation.description) body.append(element("p", {}, operation.description));
  const permissions = operation["x-quorate-permissions"] ?? [];
  body.append(element("p", {}, permissions.length ? "Needs " + permissions.join(" or ") + "." : "Open to everyone who is signed in."));
  const parameters = operation.parameters ?? [];
  if (parameters.length) {
    const table = element("table");
    for (const p of parameters) {
      table.append(element("tr", {},
        element("td", {}, element("code", {}, p.name)),
        element("td", {}, p.in + (p.required ? "" : ", optional")),
        element("td", {}, shape(doc, p.schema)),
        element("td", {}, p.description ?? "")));
    }
    body.append(element("h3", {}, "Parameters"), table);
  }
  if (operation.requestBody) {
    body.append(element("h3", {}, "Body"), element("pre", {}, shape(doc, json(operation.requestBody))));
  }
  for (const [status, response] of Object.entries(operation.responses)) {
    if (!status.startsWith("2")) continue;
    const schema = json(response);
    body.append(element("h3", {}, status + " " + response.description), element("pre", {}, schema ? shape(doc, schema) : "no body"));
  }
  return body;
};

const show = (doc) => {
  document.getElementById("title").textContent = doc.info.title;
  document.getElementById("about").textContent = doc.info.description;
  const byTag = new Map();
  for (const [path, methods] of Object.entries(doc.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags?.[0] ?? "Other";
      const details = element("details", { id: operation.operationId },
        element("summary", {},
          element("span", { class: "method" }, method.toUpperCase()),
          element("span", { class: "path" }, path),
          element("span", { class: "about" }, operation.summary ?? "")));
      if (operation.deprecated) details.classList.add("deprecated");
      details.addEventListener("toggle", () => {
        if (details.open && details.children.length === 1) details.append(describe(doc, operation));
      });
      details.dataset.text = [method, path, operation.operationId, operation.summary, ...(operation["x-quorate-permissions"] ?? [])].join(" ").toLowerCase();
      if (!byTag.has(tag)) byTag.set(tag, []);
      byTag.get(tag).push(details);
    }
  }
  const main = document.getElementById("operations");
  for (const tag of [...byTag.keys()].sort()) main.append(element("section", {}, element("h2", {}, tag), ...byTag.get(tag)));

  const find = document.getElementById("find");
  const filter = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const section of main.children) {
      let any = false;
      for (const details of section.querySelectorAll("details")) {
        details.hidden = !words.every((w) => details.dataset.text.includes(w));
        if (!details.hidden) { any = true; shown++; }
      }
      section.hidden = !any;
    }
    document.getElementById("count").textContent = shown + " operations";
  };
  find.addEventListener("input", filter);
  filter();
  if (location.hash) document.getElementById(location.hash.slice(1))?.setAttribute("open", "");
};

fetch("../openapi.json")
  .then((response) => {
    if (!response.ok) throw new Error("the server answered " + response.status);
    return response.json();
  })
  .then(show)
  .catch((error) => { document.getElementById("count").textContent = "The document could not be loaded: " + error.message; });
