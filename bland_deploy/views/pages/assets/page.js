"use strict";
// What all pages do: draw their charts, again when light turns to dark.

const PAGE = JSON.parse(document.getElementById("data").textContent);
const NUMBERS = new Intl.NumberFormat("en-US");
const drawn = [];

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function axes(chart) {
  const grid = { color: color("--line") };
  const ticks = { color: color("--soft"), maxRotation: 0, autoSkip: true };
  const values = {
    beginAtZero: true, stacked: chart.kind === "bar", grid,
    ticks: { ...ticks, precision: 0, callback: (value) => NUMBERS.format(value) },
  };
  const labels = { stacked: chart.kind === "bar", grid: { display: false }, ticks: { ...ticks, autoSkip: !chart.horizontal } };
  return chart.horizontal ? { x: values, y: labels } : { x: labels, y: values };
}

function draw() {
  while (drawn.length) drawn.pop().destroy();
  const still = { animation: false, responsive: true, maintainAspectRatio: false };
  for (const chart of PAGE.charts) {
    const canvas = document.getElementById(chart.id);
    if (chart.horizontal) canvas.parentElement.style.height = `${56 + 36 * chart.labels.length}px`;
    drawn.push(new Chart(canvas, {
      type: chart.kind,
      data: {
        labels: chart.labels,
        datasets: chart.series.map((series, index) => ({
          label: series.name, data: series.values, maxBarThickness: 36, borderRadius: 2,
          backgroundColor: color(`--series-${index % 6 + 1}`), borderColor: color(`--series-${index % 6 + 1}`),
        })),
      },
      options: {
        ...still, indexAxis: chart.horizontal ? "y" : "x", scales: axes(chart),
        plugins: { legend: { display: chart.series.length > 1, labels: { color: color("--ink") } } },
      },
    }));
  }
}

draw();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
