// Columns sort by a click on their head: figures by their value, the rest as text.
"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  const key = (row, column) => {
    const cell = row.cells[column];
    const figure = cell && cell.querySelector("data");
    if (figure) return Number(figure.value);
    return cell ? cell.textContent.trim() : "";
  };
  const compare = (a, b) => {
    // What has no figure comes last, whichever way figures go.
    if (typeof a !== typeof b) return typeof a === "number" ? -Infinity : Infinity;
    return typeof a === "number" ? a - b : a.localeCompare(b, "en");
  };
  heads.forEach((head, column) => {
    const button = head.querySelector("button");
    if (!button) return;
    button.addEventListener("click", () => {
      const descends = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descends ? "descending" : "ascending");
      const rows = [...body.rows].map((row, place) => ({ row, place, key: key(row, column) }));
      rows.sort((a, b) => {
        const order = compare(a.key, b.key);
        if (!Number.isFinite(order)) return order > 0 ? 1 : -1;
        return (descends ? -order : order) || a.place - b.place;
      });
      body.append(...rows.map((entry) => entry.row));
    });
  });
}
