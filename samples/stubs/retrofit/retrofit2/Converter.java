package retrofit2;

import java.io.IOException;

public interface Converter<F, T> {
  T convert(F value) throws IOException;

  abstract class Factory {}
}
