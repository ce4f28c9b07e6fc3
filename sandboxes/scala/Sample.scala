// What the archives of loaded classes are made with.
import scala.math._
import scala.collection.mutable._
object Problem {
    case class Pair(first: Long, second: Option[String])

    def words(text : String) : List[String] = text.split(" ").toList.filter(_.nonEmpty).sortBy(_.length)

    def counts(words : List[String]) : Map[String, Long] = {
        val found = Map[String, Long]()
        for ((word, place) <- words.zipWithIndex) found(word) = found.getOrElse(word, 0l) + place
        found
    }

    def sum(numbers : List[Long]) : Either[Long, String] = numbers match {
        case Nil => Right("none")
        case first :: rest => Left((1 to 3).map(_ * first).sum + rest.foldLeft(0l)(_ + _))
    }

    def main(args: Array[String]) = {
    assert(words(f"${sqrt(4.0)}%.1f b").equals((List[String]("b", "2.0"))));
    assert(counts(List[String]("a", "b", "a")).equals((Map[String,Long]("a" -> 2l, "b" -> 1l))));
    assert(sum(List[Long](1l, 2l)).equals(Left[Long, String](8l)));
    assert(Pair(1l, Some("x")) == (Pair(1l, Some("x"))));
    assert(Set(3, 1).toArray.sorted.mkString(",").map(_.toUpper) == "1,3");
    assert(Try.last(words("b a")) == ("a"));
    }
}
object Try { def last[A](of: List[A]): A = of.last }
