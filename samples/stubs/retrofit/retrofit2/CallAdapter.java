package retrofit2;

public interface CallAdapter<R, T> {
  T adapt(Call<R> call);

  abstract class Factory {}
}
