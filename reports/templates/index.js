"use strict";
(function () {
  var data = JSON.parse(document.getElementById("rows").textContent);
  var ROW = 37, AHEAD = 12;
  var box = document.getElementById("box"), table = document.getElementById("table");
  var body = table.tBodies[0], head = table.tHead.rows[0];
  var q = document.getElementById("q"), severity = document.getElementById("severity");
  var kind = document.getElementById("data"), shown = document.getElementById("shown");
  var lending = document.getElementById("lending"), blind = document.getElementById("blind");
  var order = { column: "rank", down: false }, view = [], from = -1;

  function lang() {
    var chosen = document.querySelector('input[name="lang"]:checked');
    return chosen ? chosen.id.slice(2) : data.languages[0];
  }
  function word(key) { return data.words[lang()][key]; }

  var index = {};
  data.columns.forEach(function (name, at) { index[name] = at; });
  data.rows.forEach(function (row) {
    row.text = [row[index.label], row[index.package], row[index.developer], row[index.store]].join("\n").toLowerCase();
  });

  function cell(row, name) { return row[index[name]]; }

  // Each order is made once: what is typed then only filters it.
  var orders = {};
  function ordered() {
    var column = order.column, key = column + (order.down ? " down " : " up ") + lang();
    if (!orders[key]) {
      var at = index[column], rank = index.rank, sign = order.down ? -1 : 1;
      var text = new Intl.Collator(lang(), { numeric: true }).compare;
      var less = column === "reasons" ? function (x, y) { return x.length - y.length; } :
        typeof data.rows[0][at] === "string" ? text : function (x, y) { return x - y; };
      orders[key] = data.rows.slice().sort(function (a, b) {
        return sign * less(a[at], b[at]) || a[rank] - b[rank];
      });
    }
    return orders[key];
  }

  function choose() {
    var wanted = q.value.trim().toLowerCase(), level = severity.value, type = kind.value;
    view = !data.rows.length ? [] : ordered().filter(function (row) {
      return (!wanted || row.text.indexOf(wanted) >= 0) &&
        (!level || String(cell(row, "severity")) === level) &&
        (!type || cell(row, "undeclared").indexOf(Number(type)) >= 0) &&
        (!lending.checked || cell(row, "lending") === 1) &&
        (!blind.checked || cell(row, "blind") === 1);
    });
    shown.textContent = word("shown").replace("{n}", view.length).replace("{all}", data.rows.length);
    table.setAttribute("aria-rowcount", view.length + 1);
    box.scrollTop = 0;
    from = -1;
    draw();
  }

  function spacer(height) {
    var row = document.createElement("tr"), filler = document.createElement("td");
    row.className = "spacer";
    filler.colSpan = data.shown.length;
    filler.setAttribute("height", height);
    row.appendChild(filler);
    return row;
  }

  function fill(td, row, name) {
    var value = cell(row, name);
    if (name === "label") {
      var text = value || cell(row, "package");
      if (cell(row, "report")) {
        var a = document.createElement("a");
        a.href = "reports/" + cell(row, "report");
        a.textContent = text;
        td.appendChild(a);
      } else { td.textContent = text; }
      td.title = text;
    } else if (name === "severity") {
      if (value >= 0) {
        var chip = document.createElement("span");
        chip.className = "chip sev-" + data.levels[value];
        chip.textContent = word("severity")[value];
        td.appendChild(chip);
      } else { td.textContent = "–"; }
    } else if (name === "reasons") {
      td.textContent = value.map(function (at) { return data.titles[at][lang()]; }).join(" · ");
      td.title = td.textContent;
    } else if (name === "maker") {
      td.textContent = value ? "#" + value : "";
      td.className = "num";
    } else if (name === "lending" || name === "blind" ) {
      td.textContent = value === 1 ? word("yes") : value === 0 ? "" : "?";
    } else {
      td.textContent = value;
      td.title = value;
      if (typeof value === "number") { td.className = "num"; }
    }
  }

  function draw() {
    var first = Math.max(0, Math.floor(box.scrollTop / ROW) - AHEAD);
    var count = Math.ceil(box.clientHeight / ROW) + 2 * AHEAD;
    if (first === from) { return; }
    from = first;
    var last = Math.min(view.length, first + count), piece = document.createDocumentFragment();
    piece.appendChild(spacer(first * ROW));
    for (var at = first; at < last; at += 1) {
      var row = document.createElement("tr");
      row.setAttribute("aria-rowindex", at + 2);
      for (var c = 0; c < data.shown.length; c += 1) {
        fill(row.insertCell(), view[at], data.shown[c][0]);
      }
      piece.appendChild(row);
    }
    piece.appendChild(spacer((view.length - last) * ROW));
    body.replaceChildren(piece);
  }

  function heads() {
    head.replaceChildren();
    data.shown.forEach(function (column) {
      var th = document.createElement("th"), button = document.createElement("button");
      th.scope = "col";
      th.setAttribute("width", column[1] + "%");
      if (order.column === column[0]) { th.setAttribute("aria-sort", order.down ? "descending" : "ascending"); }
      button.type = "button";
      button.textContent = word("columns")[column[0]] + (order.column === column[0] ? (order.down ? " ▼" : " ▲") : "");
      button.addEventListener("click", function () {
        order = { column: column[0], down: order.column === column[0] ? !order.down : column[2] };
        heads();
        choose();
      });
      th.appendChild(button);
      head.appendChild(th);
    });
  }

  function options(select, names) {
    var kept = select.value;
    select.replaceChildren(new Option(word("all"), ""));
    names.forEach(function (pair) { select.appendChild(new Option(pair[1], pair[0])); });
    select.value = kept;
  }

  function speak() {
    heads();
    options(severity, word("severity").map(function (name, at) { return [at, name]; }).reverse());
    options(kind, word("data").map(function (name, at) { return [at, name]; }));
    choose();
  }

  document.querySelectorAll('input[name="lang"]').forEach(function (input) {
    input.addEventListener("change", speak);
  });
  [q, severity, kind, lending, blind].forEach(function (input) {
    input.addEventListener("input", choose);
  });
  box.addEventListener("scroll", draw, { passive: true });
  window.addEventListener("resize", function () { from = -1; draw(); });
  document.getElementById("tools").hidden = false;
  box.hidden = false;
  speak();
}());
