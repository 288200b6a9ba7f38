//! Text to a syntax tree.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;

use crate::spec::family::Family;
use crate::spec::grammar::error::{Mistake, SyntaxError};
use crate::spec::grammar::scanner::{Reading, Scanner, Span};
use crate::spec::grammar::tree::{Argument, Bounds, Call, Setting, Tuning, Value, Word};
use crate::spec::shape::Shape;

/// What separates the arguments.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// `(a = 1, b = 2)`.
    Parentheses,
    /// `a=1 b=2`.
    Words,
}

impl Scanner<'_> {
    /// `peak(…)` and nothing else.
    pub(super) fn band(mut self) -> Reading<Call<Span>> {
        let Some(word) = self.word() else { return self.mistake(SyntaxError::Band) };
        if !self.looks_at("(") {
            self.end(SyntaxError::Arguments(word.text.clone()))?;
            return Ok(Call { word, arguments: Vec::new() });
        }
        let mut arguments = self.arguments(true);
        if let Err(mistake) = self.end(SyntaxError::End) {
            arguments.push(Argument::Mistake(mistake));
        }
        Ok(Call { word, arguments })
    }

    /// `peak center=250 …`, and the same in parentheses.
    pub(super) fn words(mut self) -> Reading<Call<Span>> {
        let start = self.at;
        let Some(word) = self.word() else { return self.mistake(SyntaxError::Band) };
        if self.looks_at("(") {
            self.at = start;
            return self.band();
        }
        let mut arguments = Vec::new();
        while !self.is_at_end() {
            if !self.eat(",") {
                arguments.push(self.argument(Form::Words, false));
            }
        }
        Ok(with_method(Call { word, arguments }))
    }

    /// Arguments in parentheses. Those of a call that is nested twice are not looked at: there is
    /// no such call.
    fn arguments(&mut self, nested: bool) -> Vec<Argument<Span>> {
        let mut arguments = Vec::new();
        self.eat("(");
        loop {
            if self.eat(")") {
                return arguments;
            }
            if self.is_at_end() {
                let place = self.here();
                arguments.push(Argument::Mistake(Mistake::new(place, SyntaxError::Parenthesis)));
                return arguments;
            }
            if self.eat(",") {
                continue;
            }
            arguments.push(self.argument(Form::Parentheses, nested));
            if !(self.looks_at(",") || self.looks_at(")") || self.is_at_end()) {
                let comma = Mistake::new(self.here(), SyntaxError::CommaBefore);
                arguments.push(Argument::Mistake(comma));
            }
        }
    }

    /// One argument. At least one character of what is not yet read belongs to it.
    fn argument(&mut self, form: Form, nested: bool) -> Argument<Span> {
        let Some(name) = self.word() else {
            let mistake = Mistake::new(self.here(), SyntaxError::Argument);
            self.recover(form);
            return Argument::Mistake(mistake);
        };
        if self.eat("=") {
            let start = self.at;
            let value = self.value(form);
            if value.is_err() {
                self.at = start;
                self.skip_space();
                self.recover(form);
            }
            return Argument::Named { name, value };
        }
        if form == Form::Words || self.looks_at(",") || self.looks_at(")") || self.is_at_end() {
            return Argument::Call(Call { word: name, arguments: Vec::new() });
        }
        if self.looks_at("(") {
            let arguments = if nested {
                self.arguments(false)
            } else {
                self.recover(form);
                Vec::new()
            };
            return Argument::Call(Call { word: name, arguments });
        }
        let mistake = Mistake::new(self.here(), SyntaxError::Value(name.text));
        self.recover(form);
        Argument::Mistake(mistake)
    }

    fn value(&mut self, form: Form) -> Reading<Value<Span>> {
        let Some(word) = self.word() else {
            let start = self.number()?;
            self.after_value(form)?;
            return Ok(Value::Setting(Setting { start, tuning: None }));
        };
        if word.text != "tune" {
            if form == Form::Parentheses && self.looks_at("(") {
                return Err(Mistake::new(word.place, SyntaxError::Number));
            }
            self.after_value(form)?;
            return Ok(Value::Word(word));
        }
        if !self.eat("(") {
            return Err(Mistake::new(word.place, SyntaxError::Tune));
        }
        let start = self.number()?;
        let bounds = if self.looks_at(")") { None } else { Some(self.bounds()?) };
        if !self.eat(")") {
            return self.mistake(SyntaxError::Parenthesis);
        }
        self.after_value(form)?;
        let tuning = Some(Tuning { place: word.place, bounds });
        Ok(Value::Setting(Setting { start, tuning }))
    }

    /// `in low..=high`.
    fn bounds(&mut self) -> Reading<Bounds<Span>> {
        let before = self.here();
        if self.word().is_none_or(|word| word.text != "in") {
            return Err(Mistake::new(before, SyntaxError::In));
        }
        if self.looks_at("..") {
            return self.mistake(SyntaxError::LowerBound);
        }
        let low = self.number()?;
        if !self.eat("..=") {
            return self.mistake(SyntaxError::InclusiveRange);
        }
        let high = self.number()?;
        let place = Span { start: low.place.start, end: high.place.end };
        Ok(Bounds { low, high, place })
    }

    /// Behind a value the argument ends: with a comma, or with the start of another argument, the
    /// comma before which is missed later.
    fn after_value(&mut self, form: Form) -> Reading<()> {
        if self.looks_at("..") {
            return self.mistake(SyntaxError::BoundsWithoutTune);
        }
        if form == Form::Words || self.is_at_end() || self.looks_at(",") || self.looks_at(")") {
            return Ok(());
        }
        let (place, start) = (self.here(), self.at);
        let next = self.word().is_some() && (self.looks_at("=") || self.looks_at("("));
        self.at = start;
        if next { Ok(()) } else { Err(Mistake::new(place, SyntaxError::Comma)) }
    }

    /// Skips an argument with a mistake in it, and the parentheses that it opens.
    fn recover(&mut self, form: Form) {
        let mut open = 0_usize;
        self.skip_while(|c| {
            let ends = match form {
                Form::Parentheses => matches!(c, ',' | ')'),
                Form::Words => c == ',' || c.is_whitespace(),
            };
            if open == 0 && ends {
                return false;
            }
            match c {
                '(' => open += 1,
                ')' => open = open.saturating_sub(1),
                _ => {}
            }
            true
        });
    }
}

/// Moves the arguments of the method out of those of the band.
fn with_method(call: Call<Span>) -> Call<Span> {
    let Some(shape) = Shape::from_word(&call.word.text) else { return call };
    let signature = shape.signature();
    if !signature.takes_method() {
        return call;
    }
    let mut method = None;
    let (mut own, mut of_band) = (Vec::new(), Vec::new());
    let takes = |family: &Family, name: &str| family.signature().takes(name);
    for argument in call.arguments {
        match argument {
            Argument::Call(word) if method.is_none() && !signature.takes(&word.word.text) => {
                method = Some(word.word);
            }
            Argument::Named { ref name, .. }
                if Family::ALL.iter().any(|family| takes(family, &name.text)) =>
            {
                own.push(argument);
            }
            other => of_band.push(other),
        }
    }
    let default = || Word { text: Family::Butterworth.word().to_owned(), place: call.word.place };
    let method = Call { word: method.unwrap_or_else(default), arguments: own };
    // In front, because the first method counts.
    of_band.insert(0, Argument::Call(method));
    Call { word: call.word, arguments: of_band }
}
