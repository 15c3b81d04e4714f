"""The page's own script: it unpacks Plotly, colours the charts for light, dark and print, and draws them."""

SCRIPT = """
"use strict";
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const root = document.documentElement;
  const value = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const colour = (said) => {
    if (said === "ink") return value("--ink");
    const [name, weight] = said.split("/");
    const hex = figures.palette[Number(name.slice(1))];
    if (!weight) return hex;
    const [r, g, b] = [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
    return `rgba(${r},${g},${b},${Number(weight) / 100})`;
  };
  const named = /^(ink|c[0-7](\\/\\d+)?)$/;
  const coloured = (part) => {
    if (Array.isArray(part)) return part.map((p) => (p && typeof p === "object" ? coloured(p) : p));
    const made = {};
    for (const [key, item] of Object.entries(part)) {
      if (typeof item === "string" && /color$/.test(key) && named.test(item)) made[key] = colour(item);
      else made[key] = item && typeof item === "object" ? coloured(item) : item;
    }
    return made;
  };
  const merged = (below, above) => {
    const made = {...below};
    for (const [key, item] of Object.entries(above)) {
      const inside = item && typeof item === "object" && !Array.isArray(item) && made[key];
      made[key] = inside ? merged(made[key], item) : item;
    }
    return made;
  };
  const layout = (own) => {
    const axis = () => ({gridcolor: value("--line"), linecolor: value("--line"), zerolinecolor: value("--line"),
                         automargin: true, title: {standoff: 8}});
    const more = Object.keys(own).filter((key) => /^[xy]axis\\d+$/.test(key)).map((key) => [key, axis()]);
    return merged({
      ...Object.fromEntries(more),
      font: {color: value("--ink"), size: 12, family: getComputedStyle(document.body).fontFamily},
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", margin: {l: 56, r: 12, t: 8, b: 40},
      xaxis: axis(), yaxis: axis(), legend: {orientation: "h", y: -0.16}, hovermode: "x unified",
      modebar: {bgcolor: "rgba(0,0,0,0)", color: value("--soft"), activecolor: value("--link")},
      hoverlabel: {bgcolor: value("--panel"), font: {color: value("--ink")}},
    }, own);
  };
  const options = {responsive: true, displaylogo: false, displayModeBar: "hover",
                   modeBarButtonsToRemove: ["lasso2d", "select2d", "zoomIn2d", "zoomOut2d", "autoScale2d"]};
  const draw = () => Promise.all(figures.charts.map((chart) => Plotly.react(
    document.getElementById(chart.name), coloured(chart.traces), layout(chart.layout), options)));
  const unpack = async (text) => {
    const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return await new Response(stream).text();
  };
  const failed = (error) => {
    for (const plot of document.querySelectorAll(".plot")) {
      plot.className = "failed";
      plot.textContent = "This chart could not be drawn: it needs a browser of 2023 or later.";
    }
    console.error(error);
  };
  const button = document.getElementById("theme");
  const dark = () => root.dataset.theme === "dark"
    || (!root.dataset.theme && window.matchMedia("(prefers-color-scheme: dark)").matches);
  const label = () => { button.textContent = dark() ? "Light" : "Dark"; };
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    label();
    if (window.Plotly) draw();
  });
  const again = () => { label(); if (window.Plotly) draw(); };
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  let closed = [];
  window.addEventListener("beforeprint", () => {  // paper has no clicks; A4 is narrower or wider than the columns
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const one of closed) one.open = true;
    if (!window.Plotly) return;
    for (const chart of figures.charts) {
      const legend = chart.traces.length > 1 && chart.layout.showlegend !== false;
      const plain = merged(layout(chart.layout), {  // Plotly finds margins later than the printer looks: they are given
        width: 660, height: chart.height, autosize: false, margin: {l: 76, b: legend ? 112 : 52},
        legend: {yref: "container", y: 0, yanchor: "bottom"},
      });
      Plotly.react(document.getElementById(chart.name), coloured(chart.traces), plain, options);
    }
  });
  window.addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
    again();
  });
  label();
  if (!figures.charts.length) { root.dataset.drawn = "0"; return; }
  const began = performance.now();
  unpack(document.getElementById("plotly").textContent).then((source) => {
    const script = document.createElement("script");
    script.textContent = source;
    document.head.append(script);
    return draw();
  }).then(() => {
    root.dataset.drawn = String(Math.round(performance.now() - began));
  }).catch(failed);
})();
"""
