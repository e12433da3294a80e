// Harbour weather: a small page with figures that came with it, so that it shows something without a network.

const HOURS = 24;
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const PLACE_KEY = "harbour-weather.place";

// For each harbour 7 days by the hour: temperature in °C, rain in mm.
const FORECAST = [
  { name: "Vik",
    temperature: [
      3, 3, 3, 2, 2, 3, 3, 5, 5, 7, 8, 9, 9, 10, 10, 10, 10, 10, 9, 9, 8, 7, 6, 6,
      5, 3, 3, 4, 3, 4, 5, 5, 7, 7, 9, 9, 10, 11, 11, 12, 12, 11, 11, 10, 9, 7, 6, 5,
      6, 4, 4, 4, 4, 4, 5, 5, 6, 7, 10, 9, 10, 11, 11, 12, 12, 12, 11, 10, 9, 8, 7, 6,
      6, 4, 4, 3, 4, 4, 6, 6, 7, 8, 9, 10, 11, 11, 11, 11, 12, 11, 11, 10, 9, 8, 6, 6,
      4, 4, 4, 3, 3, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 11, 10, 10, 9, 9, 8, 7, 6, 4,
      3, 2, 2, 3, 2, 3, 4, 4, 5, 6, 7, 8, 8, 9, 10, 10, 9, 9, 8, 7, 6, 6, 4, 3,
      2, 1, 1, 1, 1, 1, 2, 3, 3, 4, 6, 7, 7, 9, 8, 8, 9, 7, 7, 7, 5, 5, 3, 2],
    rain: [
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 2,
      1, 0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 3, 4, 2, 2, 0, 0, 0, 0, 3, 2, 2, 3, 2, 1, 2, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 2, 3, 1,
      1, 0, 0, 0, 0, 0, 0, 3, 3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 3, 3, 2, 1, 0, 0, 0, 0, 0, 0] },
  { name: "Oban",
    temperature: [
      8, 7, 7, 7, 7, 7, 8, 9, 10, 11, 12, 13, 14, 14, 15, 14, 14, 15, 14, 13, 12, 10, 10, 9,
      9, 8, 8, 6, 7, 8, 9, 9, 10, 11, 11, 12, 14, 14, 15, 15, 14, 14, 13, 12, 12, 10, 9, 9,
      7, 7, 6, 7, 6, 6, 8, 8, 9, 11, 11, 13, 14, 14, 14, 15, 14, 14, 13, 12, 11, 10, 9, 8,
      6, 6, 6, 5, 6, 6, 7, 7, 8, 9, 10, 11, 11, 13, 13, 13, 13, 12, 12, 11, 10, 9, 8, 7,
      6, 5, 5, 4, 4, 5, 6, 6, 8, 8, 10, 10, 10, 12, 12, 12, 12, 12, 10, 10, 8, 8, 7, 6,
      5, 4, 3, 3, 4, 3, 4, 5, 6, 7, 8, 9, 10, 10, 11, 12, 11, 11, 10, 10, 8, 7, 6, 5,
      5, 3, 3, 4, 3, 4, 4, 5, 6, 7, 9, 9, 10, 11, 10, 11, 11, 11, 9, 10, 8, 7, 6, 5],
    rain: [
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 3, 3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 1, 1, 0, 0, 0, 0, 5, 2, 3, 1, 0, 0,
      0, 0, 0, 4, 2, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 5, 3, 2, 1, 1, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 2, 1, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 5, 3, 1, 3, 2, 2, 2, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 2, 3, 1, 0, 0, 0, 5, 3, 3,
      1, 1, 0, 0, 3, 4, 3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 2] },
  { name: "Brest",
    temperature: [
      12, 11, 11, 11, 11, 11, 12, 13, 14, 14, 15, 17, 18, 18, 18, 19, 18, 18, 17, 16, 15, 14, 14, 12,
      12, 11, 10, 9, 10, 10, 11, 12, 12, 14, 14, 16, 16, 16, 18, 18, 17, 16, 16, 16, 14, 13, 12, 11,
      10, 9, 9, 9, 9, 10, 10, 10, 12, 13, 13, 14, 16, 16, 16, 16, 16, 16, 15, 14, 13, 11, 10, 10,
      8, 8, 8, 8, 8, 8, 9, 10, 11, 11, 12, 13, 14, 14, 15, 16, 16, 14, 15, 13, 12, 11, 10, 10,
      9, 7, 7, 8, 7, 8, 8, 9, 10, 11, 12, 14, 14, 14, 15, 16, 14, 14, 13, 13, 12, 11, 10, 9,
      8, 8, 8, 8, 7, 8, 9, 9, 10, 12, 12, 13, 14, 15, 16, 15, 15, 15, 15, 13, 13, 11, 10, 10,
      8, 8, 8, 8, 8, 8, 9, 10, 11, 12, 13, 14, 16, 15, 17, 17, 16, 16, 16, 15, 13, 13, 12, 11],
    rain: [
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 2,
      3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 1, 0, 0, 5, 2, 2,
      4, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 2, 3, 0, 1, 3, 3, 1, 0, 4,
      4, 1, 0, 0, 0, 3, 3, 3, 2, 1, 0, 0, 0, 0, 4, 3, 1, 0, 0, 0, 0, 0, 0, 0,
      5, 3, 3, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 3, 4, 1, 0, 3, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
  { name: "Porto",
    temperature: [
      14, 13, 13, 14, 14, 13, 14, 14, 16, 17, 18, 18, 20, 20, 20, 21, 20, 20, 20, 18, 18, 16, 16, 14,
      13, 13, 13, 12, 13, 13, 13, 13, 15, 15, 17, 17, 18, 19, 19, 20, 19, 19, 18, 17, 17, 15, 15, 13,
      12, 11, 12, 12, 11, 12, 12, 14, 15, 16, 16, 17, 18, 19, 19, 19, 18, 19, 18, 17, 17, 15, 13, 13,
      13, 11, 11, 11, 11, 11, 12, 13, 15, 15, 16, 17, 18, 19, 20, 19, 19, 19, 18, 17, 16, 15, 14, 14,
      13, 13, 12, 11, 11, 13, 13, 13, 15, 15, 17, 18, 19, 19, 19, 20, 20, 19, 19, 18, 18, 17, 16, 15,
      14, 14, 13, 13, 13, 13, 13, 15, 16, 16, 18, 19, 20, 21, 21, 21, 21, 20, 20, 20, 18, 18, 17, 16,
      15, 15, 14, 14, 13, 15, 16, 16, 17, 18, 19, 20, 21, 22, 23, 22, 22, 21, 21, 20, 20, 19, 18, 17],
    rain: [
      0, 0, 0, 0, 0, 0, 0, 5, 2, 1, 4, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 2, 1, 2, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 4, 1, 2, 0, 4, 2, 2, 1, 1, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 3, 4, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 1, 1, 0, 0] },
  { name: "Split",
    temperature: [
      17, 16, 15, 15, 15, 16, 16, 18, 19, 20, 21, 21, 22, 23, 23, 24, 23, 23, 21, 22, 20, 20, 18, 17,
      16, 15, 15, 16, 15, 16, 16, 17, 18, 19, 20, 22, 21, 22, 23, 23, 23, 23, 21, 21, 20, 19, 18, 18,
      16, 16, 15, 15, 16, 15, 17, 17, 18, 20, 21, 21, 22, 23, 24, 23, 24, 23, 23, 22, 20, 20, 19, 18,
      18, 16, 16, 16, 17, 17, 18, 18, 19, 21, 22, 23, 23, 24, 25, 24, 25, 25, 24, 22, 23, 21, 21, 20,
      18, 18, 17, 17, 17, 18, 18, 19, 20, 21, 22, 24, 25, 25, 25, 26, 26, 26, 25, 24, 24, 22, 22, 20,
      19, 19, 18, 18, 19, 20, 19, 21, 21, 22, 24, 25, 26, 27, 26, 27, 26, 26, 26, 24, 23, 23, 21, 20,
      20, 20, 19, 19, 19, 20, 20, 20, 21, 23, 24, 24, 25, 27, 27, 26, 26, 26, 25, 25, 24, 23, 22, 20],
    rain: [
      3, 3, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 4, 2, 1, 0, 1, 0, 0, 0, 4, 4, 3, 5, 4, 3, 2, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 2,
      3, 3, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4,
      4, 4, 2, 2, 0, 1, 0, 5, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 4, 4, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 5, 3, 1, 2, 0, 5, 3, 2, 1, 1, 0, 0, 4, 4, 1, 1, 0, 0] },
  { name: "Izmir",
    temperature: [
      20, 19, 19, 18, 18, 19, 19, 20, 21, 22, 24, 24, 25, 26, 26, 27, 26, 26, 25, 25, 24, 22, 21, 21,
      20, 19, 19, 18, 19, 20, 20, 21, 22, 23, 24, 25, 26, 26, 27, 27, 27, 27, 26, 26, 25, 23, 23, 22,
      21, 21, 20, 20, 21, 21, 22, 22, 23, 24, 26, 27, 27, 28, 29, 29, 29, 28, 28, 27, 26, 25, 23, 23,
      22, 22, 21, 22, 21, 21, 22, 24, 24, 25, 27, 27, 29, 29, 30, 30, 30, 29, 29, 28, 27, 26, 24, 24,
      23, 22, 21, 22, 22, 23, 23, 24, 24, 26, 26, 28, 29, 29, 29, 29, 30, 29, 28, 28, 27, 26, 25, 24,
      23, 23, 23, 21, 22, 22, 24, 24, 25, 25, 27, 27, 29, 30, 30, 30, 30, 30, 28, 28, 27, 26, 24, 24,
      22, 22, 21, 22, 21, 22, 22, 23, 24, 25, 26, 27, 27, 28, 29, 29, 28, 28, 28, 27, 26, 25, 24, 23],
    rain: [
      0, 4, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 4, 3, 1, 0, 1, 3, 4, 3, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 3, 3, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 5, 4, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 3, 2, 0, 1, 0, 0, 0, 0, 0, 0] }
];

const find = (id) => document.getElementById(id);

/** The 24 values of one day. */
function day(values, index) {
  return values.slice(index * HOURS, (index + 1) * HOURS);
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** Rain in words, from millimetres an hour. */
function inWords(rain) {
  if (rain === 0) return "dry";
  if (rain < 2) return "drizzle";
  if (rain < 5) return "rain";
  return "heavy rain";
}

function element(name, text, attributes = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function shape(name, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.textContent = text;
  return made;
}

function remembered() {
  try {
    const name = localStorage.getItem(PLACE_KEY);
    return FORECAST.some((place) => place.name === name) ? name : FORECAST[0].name;
  } catch {
    return FORECAST[0].name; // storage can be off
  }
}

function remember(name) {
  try {
    localStorage.setItem(PLACE_KEY, name);
  } catch {
    // the choice lasts as long as the page
  }
}

function drawNow(place) {
  const hour = new Date().getHours();
  find("degrees").textContent = `${place.temperature[hour]}°`;
  find("place").textContent = place.name;
  find("words").textContent = inWords(place.rain[hour]);
}

function drawChart(place) {
  const chart = find("chart");
  const temperatures = day(place.temperature, 0);
  const rain = day(place.rain, 0);
  const low = Math.min(...temperatures) - 1;
  const high = Math.max(...temperatures) + 1;
  const x = (hour) => 10 + hour * 20;
  const y = (degrees) => 110 - ((degrees - low) / (high - low)) * 90;

  const bars = rain.map((millimetres, hour) =>
    shape("rect", { class: "rain", x: x(hour) - 6, y: 120 - millimetres * 8, width: 12, height: millimetres * 8 }),
  );
  const line = temperatures.map((degrees, hour) => `${x(hour)},${y(degrees).toFixed(1)}`).join(" ");
  const hours = [0, 6, 12, 18].map((hour) => shape("text", { x: x(hour), y: 136 }, `${hour}:00`));
  const extremes = [Math.max(...temperatures), Math.min(...temperatures)].map((degrees) => {
    const hour = temperatures.indexOf(degrees);
    return shape("text", { x: x(hour), y: y(degrees) - 5 }, `${degrees}°`);
  });
  chart.replaceChildren(...bars, shape("polyline", { class: "curve", points: line }), ...hours, ...extremes);
}

function drawDays(place) {
  find("columns").replaceChildren(...["Day", "High", "Low", "Rain"].map((name) => element("th", name, { scope: "col" })));
  const today = (new Date().getDay() + 6) % 7;
  const rows = DAYS.map((_, index) => {
    const temperatures = day(place.temperature, index);
    const row = document.createElement("tr");
    row.append(
      element("td", index === 0 ? "Today" : DAYS[(today + index) % 7]),
      element("td", `${Math.max(...temperatures)}°`),
      element("td", `${Math.min(...temperatures)}°`),
      element("td", `${sum(day(place.rain, index))} mm`),
    );
    return row;
  });
  find("days").replaceChildren(...rows);
}

function drawPlaces(chosen) {
  const buttons = FORECAST.map(({ name }) => {
    const button = element("button", name, { type: "button", "aria-pressed": String(name === chosen) });
    button.addEventListener("click", () => show(name));
    return button;
  });
  find("places").replaceChildren(...buttons);
}

function show(name) {
  const place = FORECAST.find((candidate) => candidate.name === name);
  remember(name);
  drawPlaces(name);
  drawNow(place);
  drawChart(place);
  drawDays(place);
}

show(remembered());

// The page has drawn what it is for: this is what makes the release stay.
window.Capacitor?.Plugins?.CapacitorUpdater?.notifyAppReady?.();
