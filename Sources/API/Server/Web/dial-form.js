// The field that calls a number, an extension or a built-in number into the room.

/** Wires the form; `dial(number)` places a call. Answers a function that puts a number into the field to be changed. */
export function dialForm(form, dial) {
  const input = form.elements.number;
  const complaint = form.querySelector(".fault");
  const complain = (words) => {
    complaint.textContent = words;
    input.setAttribute("aria-invalid", String(words !== ""));
  };
  input.addEventListener("input", () => complain(""));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    // A leading space means a lost plus in a link; in a field it is only a space.
    const number = input.value.trim();
    const words = numberFault(number);
    complain(words);
    if (words) return input.focus();
    input.value = "";
    dial(number);
  });
  for (const button of form.querySelectorAll("[data-number]")) {
    button.addEventListener("click", () => {
      complain("");
      dial(button.dataset.number);
    });
  }
  return (number) => {
    input.value = number;
    complain("");
    input.focus();
    input.setSelectionRange(number.length, number.length);
  };
}

/** Only what is certainly a slip is stopped here; what may be called is the server's to say. */
function numberFault(number) {
  const digits = number.replace(/[\s()./-]/g, "");
  if (!digits) return "Enter a number first.";
  if (!/^\+?\d+$/.test(digits)) return "A number has digits only, with + in front of the country code.";
  if (!digits.startsWith("+") && digits.length > 6) return "Start with + and the country code, as in +49 30 1234567.";
  if (digits.length < 2 || digits.length > 16) return "This number is too short or too long.";
  return "";
}
